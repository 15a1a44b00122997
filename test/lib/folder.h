/* A folder for the files of one test. */
#ifndef SEKI_TEST_FOLDER_H
#define SEKI_TEST_FOLDER_H

/* Set-up and tear-down of cmocka: *state is its path. It goes with all that is
 * in it. */
int folder_set_up(void **state);
int folder_tear_down(void **state);
#define FOLDER_TEST(f)                                                         \
	cmocka_unit_test_setup_teardown(f, folder_set_up, folder_tear_down)

/* The text of a file in it, owned by the caller; NULL where there is none. */
char *folder_read(const char *folder, const char *name);
/* Replaces one, or fails the test; the folders on the way are made. */
void folder_write(const char *folder, const char *name, const char *text);
/* How many files and folders are in one of its folders; none in one that is
 * not there. */
unsigned folder_count(const char *folder, const char *name);

#endif
