// SPDX-License-Identifier: MIT
// Patches: the VM's flash is the program image, where it lies, and read only.
//
// The stock VM copies its flash into the heap and lets the host save it. On the board the program's slot holds the image
// (image.ts), and the VM runs it in place. Real sectors have 16 to 128 KB, the VM erases 4 KB at a time: it may not write.

import type { Patch } from "./patch.ts"

export const imageInPlace: Patch = {
    title: "flash is vm_port_image()",
    apply(code) {
        code.replaceBody("flash_init", "f84e0586f233d88c", [
            "  u32 bytes;",
            "  i32_store(VM_DATA(32192u), vm_image(&bytes));",
            "  i32_store(VM_DATA(32196u), bytes);",
        ])
    },
}

/** A write of a setting fails, with a line in the log, and the program goes on. */
export const readOnlySettings: Patch = {
    title: "settings are read only",
    apply(code) {
        const refuse = ["  return vm_flash_refused();"]
        code.replaceBody("jd_settings_set_bin", "891b43bdaddd72c8", refuse)
        code.replaceBody("jd_settings_write_large", "a3d7e5c07f7f6603", refuse)
        code.replaceBody("jd_settings_sync_large", "d84f3ade442287a5", refuse)
        // The VM's own way to replace the program would stop the running one first; the link has another one.
        code.replaceBody("devsmgr_deploy_start", "185a27db7ecbaafe", refuse)
    },
}

/** What is left to write is find_entry, which formats a flash without settings: an image that is none. */
export const noFormat: Patch = {
    title: "the image is never formatted",
    apply(code) {
        const stop = [
            `  vm_port_refused("the program image is damaged, or of another version");`,
        ]
        code.replaceBody("flash_erase", "38e16ea1c170a942", stop)
        code.replaceBody("flash_program", "e597ba3a13f257aa", stop)
        code.replaceBody("flash_sync", "4685d37dee72a88c", [])
    },
}
