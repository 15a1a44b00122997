/* seki: the commands, and the way to all modes. */
#include "config.h"

#include "cli/modes.h"
#include "cli/program.h"

int
main(int argc, char *argv[])
{
	return program_run(argc, argv, modes);
}
