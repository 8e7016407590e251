// CBLAS and LAPACKE as OpenBLAS ships them.
#pragma once
#include <cblas.h>
#include <lapacke.h>
