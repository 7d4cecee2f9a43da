// SPDX-License-Identifier: MIT
// A fault inside the handler of HardFault.

#include "mcu.h"

void HardFault_Handler(void) { REG32(0xc0000000) = 1; }

int main(void) {
    REG32(0xd0000000) = 1;
    for (;;) WFI();
}
