// SPDX-License-Identifier: MIT
// Driver of the embedded flash interface (RM0090 section 3.6). Not for the option bytes, not for
// mass erase, not for supply voltages below 2.7 V.
#include "flash.h"

#include "flash_regs.h"
#include "mmio.h"

enum {
    // STM32F40x data sheet, flash memory programming: a 128 KB sector takes 2 s at most with x32,
    // 4 s with x8; nothing takes longer than that. Also what a wait for an earlier erase may take.
    ERASE_TIMEOUT_US = 4000000,
    // The same table: a word takes 16 us, 100 us at most. Ten times that, as a read of FLASH_SR
    // may itself wait for the flash.
    PROGRAM_TIMEOUT_US = 1000,
    BANK_BYTES = 0x100000,
    BANK_SECTORS_CODE = 0x10, // SNB of a sector of bank 2 (F42x): 0x10 and its place in the bank
    SMALL_SECTORS = 4,
    SMALL_BYTES = 0x4000,
    MIDDLE_BYTES = 0x10000,
    LARGE_BYTES = 0x20000,
};

#define KEY1 0x45670123u
#define KEY2 0xcdef89abu
#define SR_ERRORS                                                                                  \
    (FLASH_SR_OPERR | FLASH_SR_WRPERR | FLASH_SR_PGAERR | FLASH_SR_PGPERR | FLASH_SR_PGSERR)

cam_flash_sector_t cam_flash_sector(uint32_t address) {
    const uint32_t bank = (address - CAM_FLASH_START) / BANK_BYTES;
    const uint32_t start = CAM_FLASH_START + bank * BANK_BYTES;
    const uint32_t offset = address - start;
    const uint32_t code = bank * BANK_SECTORS_CODE;
    if (offset < SMALL_SECTORS * SMALL_BYTES) {
        const uint32_t n = offset / SMALL_BYTES;
        return (cam_flash_sector_t){start + n * SMALL_BYTES, SMALL_BYTES, code + n};
    }
    if (offset < LARGE_BYTES)
        return (cam_flash_sector_t){start + MIDDLE_BYTES, MIDDLE_BYTES, code + SMALL_SECTORS};
    const uint32_t n = offset / LARGE_BYTES;
    return (cam_flash_sector_t){start + n * LARGE_BYTES, LARGE_BYTES, code + SMALL_SECTORS + n};
}

static cam_slots_status_t wait_idle(uint32_t timeout_us) {
    const uint32_t sr = mmio_wait_clear(FLASH_SR, FLASH_SR_BSY, timeout_us);
    if (sr & FLASH_SR_BSY) return cam_slots_refuse(CAM_SLOTS_FLASH_TIMEOUT, sr, timeout_us);
    return cam_slots_ok();
}

static void lock(void) { mmio_write32(FLASH_CR, FLASH_CR_LOCK); }

/** Ready for an operation: idle, unlocked, no error of an earlier one. */
static cam_slots_status_t unlock(void) {
    const cam_slots_status_t idle = wait_idle(ERASE_TIMEOUT_US);
    if (idle.code != CAM_SLOTS_OK) return idle;
    // The keys are written only when locked: at any other time they are a wrong sequence, which
    // locks FLASH_CR until the next reset (RM0090 section 3.6.1).
    if (mmio_read32(FLASH_CR) & FLASH_CR_LOCK) {
        mmio_write32(FLASH_KEYR, KEY1);
        mmio_write32(FLASH_KEYR, KEY2);
    }
    const uint32_t cr = mmio_read32(FLASH_CR);
    if (cr & FLASH_CR_LOCK) return cam_slots_refuse(CAM_SLOTS_FLASH_LOCKED, cr, 0);
    mmio_write32(FLASH_SR, SR_ERRORS | FLASH_SR_EOP);
    return cam_slots_ok();
}

/** The operation on `address` has ended: without an error? */
static cam_slots_status_t finish(uint32_t address, uint32_t timeout_us) {
    const cam_slots_status_t idle = wait_idle(timeout_us);
    if (idle.code != CAM_SLOTS_OK) return idle;
    const uint32_t errors = mmio_read32(FLASH_SR) & SR_ERRORS;
    if (errors == 0) return cam_slots_ok();
    mmio_write32(FLASH_SR, errors);
    return cam_slots_refuse(CAM_SLOTS_FLASH_ERROR, errors, address);
}

/** Empty both caches, which may hold what was erased. They must be off for that (RM0090 section
 * 3.6.3, note). */
static void flush_caches(void) {
    const uint32_t acr = mmio_read32(FLASH_ACR);
    const uint32_t off = acr & ~(FLASH_ACR_ICEN | FLASH_ACR_DCEN);
    mmio_write32(FLASH_ACR, off);
    mmio_write32(FLASH_ACR, off | FLASH_ACR_ICRST | FLASH_ACR_DCRST);
    mmio_write32(FLASH_ACR, off);
    mmio_write32(FLASH_ACR, acr);
}

cam_slots_status_t cam_flash_erase(uint32_t address) {
    const cam_flash_sector_t sector = cam_flash_sector(address);
    if (sector.address != address)
        return cam_slots_refuse(CAM_SLOTS_NOT_A_SECTOR, address, sector.address + sector.bytes);
    const cam_slots_status_t ready = unlock();
    if (ready.code != CAM_SLOTS_OK) return ready;
    const uint32_t cr = FLASH_CR_PSIZE_WORD | FLASH_CR_SER | sector.code << 3;
    mmio_write32(FLASH_CR, cr);
    mmio_write32(FLASH_CR, cr | FLASH_CR_STRT);
    const cam_slots_status_t erased = finish(address, ERASE_TIMEOUT_US);
    lock();
    flush_caches();
    return erased;
}

static cam_slots_status_t program_word(uint32_t address, uint32_t word) {
    mmio_write32(address, word);
    const cam_slots_status_t done = finish(address, PROGRAM_TIMEOUT_US);
    if (done.code != CAM_SLOTS_OK) return done;
    if (cam_flash_read(address) != word) return cam_slots_refuse(CAM_SLOTS_VERIFY, address, word);
    return cam_slots_ok();
}

cam_slots_status_t cam_flash_program(uint32_t address, const uint32_t *words, uint32_t count) {
    if ((address & 3u) != 0) return cam_slots_refuse(CAM_SLOTS_OFFSET, address, 4);
    cam_slots_status_t status = unlock();
    if (status.code != CAM_SLOTS_OK) return status;
    mmio_write32(FLASH_CR, FLASH_CR_PSIZE_WORD | FLASH_CR_PG);
    for (uint32_t i = 0; i < count && status.code == CAM_SLOTS_OK; i++)
        status = program_word(address + 4u * i, words[i]);
    lock();
    return status;
}
