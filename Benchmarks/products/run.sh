#!/bin/bash
# Billions of operations a second on one core, by library, number format and number of rows: Benchmarks/products/run.sh
#
# As the processor is, and held to AVX2 where it has more: ONEDNN_MAX_CPU_ISA=AVX2 LIBXSMM_TARGET=hsw Benchmarks/products/run.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
clang -O2 Benchmarks/products/products.c Sources/CKernels/integer_product.c -ISources/CKernels/include \
    -o "$scratch/products" -ldnnl -lxsmm -lxsmmnoblas -ldl -lpthread -lm
OMP_NUM_THREADS=1 "$scratch/products"
