// SPDX-License-Identifier: MIT
// Numbers in text, against the C library's.
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "strtod.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    char *text = malloc(count + 1);
    if (text == NULL) return 0;
    memcpy(text, bytes, count);
    text[count] = 0;
    const char *end;
    char *expected_end;
    const double value = vm_strtod(text, &end);
    const double expected = strtod(text, &expected_end);
    // "nan(...)" is the library's own.
    const bool nan = isnan(value) && isnan(expected);
    if (!nan && (end != expected_end || memcmp(&value, &expected, sizeof value) != 0)) abort();
    free(text);
    return 0;
}
