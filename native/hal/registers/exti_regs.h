// SPDX-License-Identifier: MIT
// External interrupts, as in RM0090 section 12.3 (RM0390 section 10.3), and the registers of SYSCFG
// that choose a line's port (RM0090 sections 9.2.3 to 9.2.6).
#ifndef CAM_EXTI_REGS_H
#define CAM_EXTI_REGS_H

#define EXTI_BASE 0x40013c00u

// One bit per line; lines 0 to 15 are pins of that number.
#define EXTI_IMR (EXTI_BASE + 0x00u)
#define EXTI_RTSR (EXTI_BASE + 0x08u)
#define EXTI_FTSR (EXTI_BASE + 0x0cu)
#define EXTI_PR (EXTI_BASE + 0x14u) // write 1 clears

#define SYSCFG_EXTICR1 0x40013808u // 4 bits per line, 4 lines per register: the port, A is 0

#endif
