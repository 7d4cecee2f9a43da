// For the coverage of an ELF file: some outcomes never come. The test names these lines.
#include "mcu.h"

volatile uint32_t input[4] = {1, 2, 3, 4};
volatile uint32_t output;

__attribute__((noinline)) static void both(uint32_t value) {
    if (value > 2) // line 8: both outcomes
        output = 1;
}

__attribute__((noinline)) static void one(uint32_t value) {
    if (value > 100) // line 13: never
        output = 2;  // line 14
}

__attribute__((noinline, used)) static void never(void) {
    output = 3; // line 18
}

int main(void) {
    for (uint32_t i = 0; i < 4; i++) {
        both(input[i]); // line 23
        one(input[i]);
    }
    for (;;) __asm volatile("wfi");
}
