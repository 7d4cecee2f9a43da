// SPDX-License-Identifier: MIT
// The independent watchdog, as in RM0090 section 21.4.
#ifndef CAM_IWDG_REGS_H
#define CAM_IWDG_REGS_H

#define IWDG_KR 0x40003000u
#define IWDG_KR_RELOAD 0xaaaau
#define IWDG_KR_UNLOCK 0x5555u
#define IWDG_KR_START 0xccccu

#define IWDG_PR 0x40003004u
#define IWDG_PR_DIV64 4u

#define IWDG_RLR 0x40003008u
#define IWDG_RLR_MAX 0xfffu // 12 bits

#define IWDG_SR 0x4000300cu
#define IWDG_SR_PVU (1u << 0)
#define IWDG_SR_RVU (1u << 1)

#endif
