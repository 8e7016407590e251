# Sourced where Swift builds. The compiler puts lengths of paths into the program (into the checks behind
# `withoutActuallyEscaping`), so it works in a folder whose path is equally long wherever the project lies.
length=200
[ ${#dist} -le $((length - 20)) ] ||
  fail "the path of this folder is too long: $root (at most $((length - 20 - 12)) bytes)"
swiftFolder=$dist/$(printf '%*s' $((length - ${#dist} - 1)) | tr ' ' -)
