#include "kernels.h"

#include <string.h>

void blockskim_pack_panels(
    const float *matrix, size_t inner_stride, size_t column_stride, size_t rows, size_t inner, size_t columns,
    size_t width, float *panels) {
    enum { LINE = 16 }; /* elements of a cache line: what is read of a column at a time when columns are contiguous */
    for (size_t first = 0; first < columns; first += width, panels += inner * width) {
        const size_t count = columns - first < width ? columns - first : width;
        const float *source = matrix + first * column_stride;
        if (count < width) memset(panels, 0, inner * width * sizeof *panels);
        else memset(panels + rows * width, 0, (inner - rows) * width * sizeof *panels);
        if (column_stride == 1) {
            for (size_t k = 0; k < rows; k++)
                memcpy(panels + k * width, source + k * inner_stride, count * sizeof *panels);
            continue;
        }
        for (size_t begin = 0; begin < rows; begin += LINE) {
            const size_t end = rows - begin < LINE ? rows : begin + LINE;
            for (size_t column = 0; column < count; column++)
                for (size_t k = begin; k < end; k++)
                    panels[k * width + column] = source[column * column_stride + k * inner_stride];
        }
    }
}
