// The one function of Fortran's run-time library that LAPACK calls: a // b, cut or filled with blanks to the target's length.
// With it, neither libgfortran nor libquadmath is linked.
#include <string.h>

void _gfortran_concat_string(
    size_t length, char *target, size_t firstLength, const char *first, size_t secondLength, const char *second) {
  size_t taken = firstLength < length ? firstLength : length;
  memcpy(target, first, taken);
  size_t added = secondLength < length - taken ? secondLength : length - taken;
  memcpy(target + taken, second, added);
  memset(target + taken + added, ' ', length - taken - added);
}
