#include "kernels.h"

#include <string.h>

enum { PANEL = BLOCKSKIM_PANEL_COLUMNS };

void blockskim_pack_panels(
    const float *matrix, size_t inner_stride, size_t column_stride, size_t inner, size_t columns, float *panels) {
    for (size_t first = 0; first < columns; first += PANEL, panels += inner * PANEL) {
        const size_t width = columns - first < PANEL ? columns - first : PANEL;
        if (width < PANEL) memset(panels, 0, inner * PANEL * sizeof *panels);
        for (size_t column = 0; column < width; column++) {
            const float *source = matrix + (first + column) * column_stride;
            for (size_t k = 0; k < inner; k++) panels[k * PANEL + column] = source[k * inner_stride];
        }
    }
}
