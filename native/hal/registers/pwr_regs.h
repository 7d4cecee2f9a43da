// SPDX-License-Identifier: MIT
// The power controller, as in RM0090 section 5.4 (RM0390 section 5.4).
#ifndef CAM_PWR_REGS_H
#define CAM_PWR_REGS_H

#define PWR_BASE 0x40007000u

#define PWR_CR (PWR_BASE + 0x00u)
#define PWR_CR_VOS_F407 (1u << 14)
#define PWR_CR_VOS_MASK (3u << 14) // F42x, F446: 3 is scale 1
#define PWR_CR_ODEN (1u << 16)
#define PWR_CR_ODSWEN (1u << 17)

#define PWR_CSR (PWR_BASE + 0x04u)
#define PWR_CSR_ODRDY (1u << 16)
#define PWR_CSR_ODSWRDY (1u << 17)

#endif
