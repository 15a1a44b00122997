# fish completion for seki(8): seki itself knows what may follow.

# What was typed may be ./seki of any folder, and Tab is no wish to run it: only
# the one that fish finds by name, at an absolute path, is asked.
function __seki_complete
    set -l program (command -s seki)
    set -l typed (commandline -opc)
    set -l last (commandline -ct)
    string match -q '/*' -- $program; or return
    $program complete-words $typed[2..] "$last" 2>/dev/null
    or __fish_complete_path "$last"
end

complete -c seki -f -k -a '(__seki_complete)'
