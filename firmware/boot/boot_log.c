// SPDX-License-Identifier: MIT
// What the firmware says of itself at boot, line by line.
#include "boot_log.h"

#include <stddef.h>

#include "core_regs.h"
#include "firmware_board.h"
#include "link.h"
#include "rcc_regs.h"
#include "text.h"
#include "usart.h"

static void say(const cam_text_t *line) { cam_link_log(CAM_LINK_LOG_FIRMWARE, line->text); }

static void add_khz(cam_text_t *line, uint32_t hz) {
    cam_text_add_decimal(line, hz / 1000u);
    cam_text_add(line, " kHz");
}

static void add_named_hex(cam_text_t *line, const char *name, uint32_t value) {
    cam_text_add(line, name);
    cam_text_add_hex(line, value);
}

static void add_slot(cam_text_t *line, uint32_t index) {
    cam_text_add(line, index == 0 ? "slot A" : "slot B");
}

void cam_boot_log_name(void) {
    cam_text_t line;
    cam_text_clear(&line);
    cam_text_add(&line, "camscript ");
    cam_text_add(&line, cam_firmware_board.version);
    cam_text_add(&line, " on ");
    cam_text_add(&line, cam_firmware_board.name);
    cam_text_add(&line, ", frame memory ");
    cam_text_add_decimal(&line, cam_firmware_board.board.frame_memory_bytes);
    cam_text_add(&line, " bytes, GC heap ");
    cam_text_add_decimal(&line, cam_firmware_board.board.gc_heap_bytes);
    say(&line);
}

static const char *source_text(cam_clock_source_t source) {
    switch (source) {
    case CAM_CLOCK_PLL_HSE:
        return "PLL from HSE";
    case CAM_CLOCK_PLL_HSI:
        return "PLL from HSI";
    default:
        return "HSI";
    }
}

static void log_baud(void) {
    const uint32_t wanted = cam_firmware_board.console.baud;
    const uint32_t baud = cam_usart_baud();
    const uint32_t off = baud > wanted ? baud - wanted : wanted - baud;
    if (off <= wanted / 100u) return;
    cam_text_t line;
    cam_text_clear(&line);
    cam_text_add(&line, "console: ");
    cam_text_add_decimal(&line, baud);
    cam_text_add(&line, " baud instead of ");
    cam_text_add_decimal(&line, wanted);
    cam_text_add(&line, ", from this clock");
    say(&line);
}

void cam_boot_log_clocks(const cam_clock_t *clock, uint32_t xclk_hz) {
    cam_text_t line;
    cam_text_clear(&line);
    cam_text_add(&line, "clocks: HCLK ");
    add_khz(&line, clock->hclk_hz);
    cam_text_add(&line, " (");
    cam_text_add(&line, source_text(clock->source));
    cam_text_add(&line, "), sensor ");
    add_khz(&line, xclk_hz);
    if (clock->source != CAM_CLOCK_PLL_HSE) {
        cam_text_add(&line, "; FALLEN BACK: ");
        if (!clock->hse_started) cam_text_add(&line, "HSE does not start");
        if (!clock->hse_started && clock->fault != CAM_CLOCK_PLL_RUNS) cam_text_add(&line, ", ");
        if (clock->fault != CAM_CLOCK_PLL_RUNS)
            cam_text_add(&line, cam_clock_fault_text(clock->fault));
    }
    say(&line);
    log_baud();
}

static const struct {
    uint32_t flag;
    const char *name;
} RESETS[] = {
    {RCC_CSR_LPWRRSTF, "low power"}, {RCC_CSR_WWDGRSTF, "window watchdog"},
    {RCC_CSR_IWDGRSTF, "watchdog"},  {RCC_CSR_SFTRSTF, "software"},
    {RCC_CSR_PORRSTF, "power-on"},   {RCC_CSR_BORRSTF, "brown-out"},
    {RCC_CSR_PINRSTF, "NRST pin"},
};

/** The first that fits: every reset also pulls NRST, and power-on sets BORRSTF too. */
void cam_boot_log_reset(uint32_t csr) {
    const char *name = "not recorded by RCC_CSR";
    for (uint32_t i = 0; i < sizeof RESETS / sizeof RESETS[0]; i++) {
        if ((csr & RESETS[i].flag) == 0) continue;
        name = RESETS[i].name;
        break;
    }
    cam_text_t line;
    cam_text_clear(&line);
    cam_text_add(&line, "reset: ");
    cam_text_add(&line, name);
    say(&line);
}

static void log_registers(const cam_crash_t *crash) {
    cam_text_t line;
    cam_text_clear(&line);
    add_named_hex(&line, "  pc ", crash->pc);
    add_named_hex(&line, " lr ", crash->lr);
    add_named_hex(&line, " sp ", crash->sp);
    add_named_hex(&line, " xpsr ", crash->xpsr);
    add_named_hex(&line, " exc_return ", crash->exc_return);
    say(&line);
    cam_text_clear(&line);
    add_named_hex(&line, "  r0 ", crash->r0);
    add_named_hex(&line, " r1 ", crash->r1);
    add_named_hex(&line, " r2 ", crash->r2);
    add_named_hex(&line, " r3 ", crash->r3);
    add_named_hex(&line, " r12 ", crash->r12);
    say(&line);
    cam_text_clear(&line);
    add_named_hex(&line, "  cfsr ", crash->cfsr);
    add_named_hex(&line, " hfsr ", crash->hfsr);
    if (crash->cfsr & SCB_CFSR_MMARVALID) add_named_hex(&line, " mmfar ", crash->mmfar);
    if (crash->cfsr & SCB_CFSR_BFARVALID) add_named_hex(&line, " bfar ", crash->bfar);
    say(&line);
}

static bool is_of_core(const cam_crash_t *crash) { return crash->exception != 0; }

static void log_cause(const cam_crash_t *crash) {
    cam_text_t line;
    cam_text_clear(&line);
    // A program may restart the chip: that is no crash.
    if (crash->cause != CAM_PROGRAM_RESTART) cam_text_add(&line, "CRASH ");
    cam_text_add(&line, "before this reset: ");
    cam_text_add(&line, cam_program_fault_name(crash->cause));
    if (crash->text[0] != 0) {
        cam_text_add(&line, ": ");
        cam_text_add(&line, crash->text);
    }
    if (crash->code != 0) {
        cam_text_add(&line, " (panic ");
        cam_text_add_decimal(&line, crash->code);
        cam_text_add(&line, ")");
    }
    if (is_of_core(crash)) {
        cam_text_add(&line, ", ");
        cam_text_add(&line, cam_crash_exception_text(crash->exception));
        cam_text_add(&line, " ");
        cam_text_add_decimal(&line, crash->exception);
    }
    if (crash->tick_stopped) cam_text_add(&line, ": SysTick does not count");
    cam_text_add(&line, ", in ");
    cam_text_add(&line, cam_crash_activity_text(crash->activity));
    say(&line);
}

static const cam_crash_t *told;

void cam_boot_log_crash_again(void) {
    if (told != NULL) log_cause(told);
}

void cam_boot_log_crash(const cam_crash_t *crash) {
    told = crash;
    log_cause(crash);
    if (is_of_core(crash)) log_registers(crash);
    if (crash->slot_address == 0) return;
    cam_text_t line;
    cam_text_clear(&line);
    add_named_hex(&line, "  program at ", crash->slot_address);
    cam_text_add(&line, ", sequence ");
    cam_text_add_decimal(&line, crash->slot_sequence);
    if (crash->program_us != UINT32_MAX) {
        cam_text_add(&line, ", after ");
        cam_text_add_decimal(&line, crash->program_us / 1000u);
        cam_text_add(&line, " ms");
    }
    if (crash->sensor_fault) cam_text_add(&line, ", maybe by its sensor");
    say(&line);
}

static const char *verdict_text(cam_program_slot_verdict_t verdict) {
    switch (verdict) {
    case CAM_PROGRAM_SLOT_VALID:
        return "valid";
    case CAM_PROGRAM_SLOT_EMPTY:
        return "empty";
    case CAM_PROGRAM_SLOT_BAD_FORMAT:
        return "written for another firmware";
    case CAM_PROGRAM_SLOT_BAD_HEADER:
        return "header damaged";
    case CAM_PROGRAM_SLOT_OTHER_VM:
        return "made for another version of the VM";
    case CAM_PROGRAM_SLOT_NOT_COMMITTED:
        return "update not finished";
    case CAM_PROGRAM_SLOT_REJECTED:
        return "rejected: its program failed";
    case CAM_PROGRAM_SLOT_BAD_SIZE:
        return "larger than its slot";
    case CAM_PROGRAM_SLOT_OTHER_MEMORY:
        return "its kernels are made for another board, or another --gc-heap";
    case CAM_PROGRAM_SLOT_BAD_KERNELS:
        return "its kernels are not whole";
    default:
        return "program damaged";
    }
}

void cam_boot_log_slots(const cam_program_slot_t *chosen) {
    cam_text_t line;
    for (uint32_t i = 0; i < CAM_SLOTS; i++) {
        cam_program_slot_t slot;
        const cam_program_slot_verdict_t verdict = cam_slots_check(i, &slot);
        cam_text_clear(&line);
        add_slot(&line, i);
        cam_text_add(&line, ": ");
        cam_text_add(&line, verdict_text(verdict));
        if (verdict == CAM_PROGRAM_SLOT_VALID) {
            cam_text_add(&line, ", sequence ");
            cam_text_add_decimal(&line, slot.sequence);
            cam_text_add(&line, ", ");
            cam_text_add_decimal(&line, slot.image_bytes);
            cam_text_add(&line, " bytes, ");
            cam_text_add(&line, slot.name);
        }
        say(&line);
    }
    cam_text_clear(&line);
    if (chosen == NULL) {
        cam_text_add(&line,
                     "NO PROGRAM: no slot has one that starts; waiting for one over the link");
    } else {
        cam_text_add(&line, "starting ");
        cam_text_add(&line, chosen->name);
        cam_text_add(&line, " in ");
        add_slot(&line, chosen->index);
    }
    say(&line);
}

void cam_boot_log_rejected(const cam_program_slot_t *slot, const cam_crash_t *crash,
                           cam_failures_t failures, cam_slots_status_t status) {
    const bool refused = crash->cause == CAM_PROGRAM_VERIFICATION;
    cam_text_t line;
    cam_text_clear(&line);
    add_slot(&line, slot->index);
    if (refused) {
        cam_text_add(&line, ": the VM refuses its program; ");
    } else {
        const bool first_second = failures.in_first_second >= CAM_FIRST_SECOND_MAX;
        cam_text_add(&line, ": its program failed ");
        cam_text_add_decimal(&line,
                             first_second ? failures.in_first_second : failures.in_first_minute);
        cam_text_add(&line, first_second ? " times in its first second; "
                                         : " times in a row in its first minute; ");
    }
    switch (status.code) {
    case CAM_SLOTS_OK:
        cam_text_add(&line, "rejected");
        break;
    case CAM_SLOTS_LAST_VALID:
        cam_text_add(&line, "there is no other");
        if (refused) break;
        cam_text_add(&line, ": it is tried again in ");
        cam_text_add_decimal(&line, cam_crash_pause_us(failures) / 1000000u);
        cam_text_add(&line, " s");
        break;
    default:
        add_named_hex(&line, "it cannot be marked as rejected, flash error ", status.code);
    }
    say(&line);
}
