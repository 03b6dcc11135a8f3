/*
 * libxsmm calls a BLAS library for what it makes no kernel for, which we never ask of it. Its own stand-in, xsmmnoblas,
 * would also replace libtorch's BLAS in a program that links both, such as the trainer; these names stay in here.
 */
#include <stdlib.h>

#define STAND_IN __attribute__((visibility("hidden"), noreturn)) void

STAND_IN sgemm_(void);
STAND_IN dgemm_(void);
STAND_IN sgemv_(void);
STAND_IN dgemv_(void);

STAND_IN sgemm_(void) { abort(); }
STAND_IN dgemm_(void) { abort(); }
STAND_IN sgemv_(void) { abort(); }
STAND_IN dgemv_(void) { abort(); }
