// SPDX-License-Identifier: MIT
// Registers and bits of the embedded flash interface, as in RM0090 section 3.9 (RM0390
// section 3.8).
#ifndef CAM_FLASH_REGS_H
#define CAM_FLASH_REGS_H

#define FLASH_BASE 0x40023c00u

#define FLASH_ACR (FLASH_BASE + 0x00u)
#define FLASH_ACR_LATENCY_MASK (0xfu << 0)
#define FLASH_ACR_PRFTEN (1u << 8)
#define FLASH_ACR_ICEN (1u << 9)
#define FLASH_ACR_DCEN (1u << 10)
#define FLASH_ACR_ICRST (1u << 11)
#define FLASH_ACR_DCRST (1u << 12)

#define FLASH_KEYR (FLASH_BASE + 0x04u)

#define FLASH_SR (FLASH_BASE + 0x0cu) // write 1 clears
#define FLASH_SR_EOP (1u << 0)
#define FLASH_SR_OPERR (1u << 1)
#define FLASH_SR_WRPERR (1u << 4)
#define FLASH_SR_PGAERR (1u << 5)
#define FLASH_SR_PGPERR (1u << 6)
#define FLASH_SR_PGSERR (1u << 7)
#define FLASH_SR_BSY (1u << 16)

#define FLASH_CR (FLASH_BASE + 0x10u)
#define FLASH_CR_PG (1u << 0)
#define FLASH_CR_SER (1u << 1)
#define FLASH_CR_SNB_MASK (0x1fu << 3) // four bits on parts of one bank, whose codes end at 11
#define FLASH_CR_PSIZE_MASK (0x3u << 8)
#define FLASH_CR_PSIZE_WORD (0x2u << 8)
#define FLASH_CR_STRT (1u << 16)
#define FLASH_CR_LOCK (1u << 31)

#endif
