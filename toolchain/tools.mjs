// SPDX-License-Identifier: MIT
// The programs beyond Node that camscript uses: what each is for, how to see that it is there, which package has it.
// Plain Node, no dependencies: setup.mjs runs before npm packages exist. `npm start` needs none of them.

import { spawnSync } from "node:child_process"
import { accessSync, constants, existsSync, readdirSync } from "node:fs"
import { delimiter, dirname, isAbsolute, join } from "node:path"

/**
 * @typedef {object} Tool
 * @property {string} name as a person knows it
 * @property {string} purpose what cannot be done without it
 * @property {readonly string[]} debian packages
 * @property {string} elsewhere what to install where there is no apt-get
 * @property {() => string | undefined} find where it is; undefined when it is not there
 */

/**
 * Find an executable.
 * @param {string} command its name
 * @param {string} [path] folders to search, as in PATH
 * @returns {string | undefined} its path
 */
export function inPath(command, path = process.env["PATH"] ?? "") {
    for (const folder of path.split(delimiter)) {
        // An empty entry of PATH means the current folder: nothing of ours should run from there.
        if (!isAbsolute(folder)) continue
        const file = join(folder, command)
        try {
            accessSync(file, constants.X_OK)
            return file
        } catch {
            continue
        }
    }
    return undefined
}

/** Folders in which a loader looks for libraries, as far as distributions agree. */
function libraryFolders() {
    const debian = ["/usr/lib", "/lib"].flatMap(folder =>
        existsSync(folder)
            ? readdirSync(folder)
                  .filter(name => name.includes("-linux-gnu"))
                  .map(name => join(folder, name))
            : []
    )
    return [
        ...(process.env["LD_LIBRARY_PATH"] ?? "")
            .split(delimiter)
            .filter(isAbsolute),
        ...debian,
        "/usr/lib64",
        "/usr/lib",
        "/usr/local/lib",
        "/opt/homebrew/lib",
    ]
}

/** @returns {string | undefined} path of Unicorn 2's library */
export function unicornLibrary() {
    const names = ["libunicorn.so.2", "libunicorn.2.dylib"]
    return libraryFolders()
        .flatMap(folder => names.map(name => join(folder, name)))
        .find(file => existsSync(file))
}

/** The C library for the board comes apart from its compiler: the compiler knows where it would be. */
function newlib() {
    const compiler = inPath("arm-none-eabi-gcc")
    if (!compiler) return undefined
    const { stdout } = spawnSync(compiler, ["-print-file-name=libc.a"], {
        encoding: "utf8",
    })
    const file = (stdout ?? "").trim()
    // The bare name comes back when it is not there.
    return isAbsolute(file) && existsSync(file) ? dirname(file) : undefined
}

/** A compiler without the C library's headers compiles nothing; macOS keeps them elsewhere, with the compiler. */
function hostCompiler() {
    const compiler = inPath("cc")
    const headers =
        process.platform !== "linux" || existsSync("/usr/include/stdio.h")
    return headers ? compiler : undefined
}

/** Its runtime libraries come apart from it. */
function fuzzer() {
    const compiler = inPath("clang")
    if (!compiler) return undefined
    const { stdout } = spawnSync(compiler, ["--print-runtime-dir"], {
        encoding: "utf8",
    })
    const folder = (stdout ?? "").trim()
    const there =
        isAbsolute(folder) &&
        existsSync(folder) &&
        readdirSync(folder).some(name => name.includes("clang_rt.fuzzer"))
    return there ? compiler : undefined
}

/** @returns {string | undefined} path of the browser that tests and images use */
export function chromium() {
    return (
        inPath("chromium") ??
        inPath("chromium-browser") ??
        inPath("google-chrome")
    )
}

/** @type {readonly Tool[]} What `npm run setup` installs: the firmware, the emulator and the gate for C need it. */
export const TOOLS = [
    {
        name: "ARM compiler",
        purpose: "compiles the firmware (camscript build, flash)",
        debian: ["gcc-arm-none-eabi"],
        elsewhere: "arm-none-eabi-gcc 12 or newer",
        find: () => inPath("arm-none-eabi-gcc"),
    },
    {
        name: "newlib",
        purpose: "the C library of the firmware",
        debian: ["libnewlib-arm-none-eabi"],
        elsewhere: "newlib for arm-none-eabi",
        find: newlib,
    },
    {
        name: "CMake",
        purpose: "builds the firmware",
        debian: ["cmake"],
        elsewhere: "cmake",
        find: () => inPath("cmake"),
    },
    {
        name: "Ninja",
        purpose: "builds the firmware",
        debian: ["ninja-build"],
        elsewhere: "ninja",
        find: () => inPath("ninja") ?? inPath("ninja-build"),
    },
    {
        name: "Unicorn 2",
        purpose: "the emulated CPU (camscript emulate, run --target emulator)",
        debian: ["libunicorn2"],
        elsewhere: "unicorn 2 (the library)",
        find: unicornLibrary,
    },
    {
        name: "host C compiler",
        purpose: "compiles the emulated CPU's hooks",
        debian: ["gcc", "libc6-dev"],
        elsewhere: "a C compiler called cc",
        find: hostCompiler,
    },
    {
        name: "QEMU",
        purpose:
            "starts the firmware in an emulator that is not ours (npm test)",
        debian: ["qemu-system-arm"],
        elsewhere: "qemu-system-arm",
        find: () => inPath("qemu-system-arm"),
    },
    {
        name: "GDB",
        purpose: "debugs the emulated CPU (--gdb, npm test)",
        debian: ["gdb-multiarch"],
        elsewhere: "gdb for all architectures, called gdb-multiarch",
        find: () => inPath("gdb-multiarch"),
    },
    {
        name: "Chromium",
        purpose: "opens the live view's page (npm test, npm run images)",
        debian: ["chromium"],
        elsewhere: "chromium, or Google Chrome",
        find: chromium,
    },
    {
        name: "clang-format",
        purpose: "checks the C code's format (npm test)",
        debian: ["clang-format"],
        elsewhere: "clang-format 14",
        find: () => inPath("clang-format"),
    },
    {
        name: "cppcheck",
        purpose: "looks for mistakes in the C code (npm test)",
        debian: ["cppcheck"],
        elsewhere: "cppcheck",
        find: () => inPath("cppcheck"),
    },
    {
        name: "clang with libFuzzer",
        purpose: "tries the C code with any input (npm test)",
        debian: ["clang", "libclang-rt-dev"],
        elsewhere: "clang with its runtime libraries (compiler-rt)",
        find: fuzzer,
    },
]

/** Programs that write a chip's flash, in the order in which `camscript flash` takes them. */
export const FLASH_TOOLS = ["openocd", "st-flash", "dfu-util", "pyocd"]

/** The Debian packages that have them. */
export const FLASH_PACKAGES = ["openocd", "stlink-tools", "dfu-util"]

/** @returns {readonly Tool[]} those that are not there */
export function missingTools() {
    return TOOLS.filter(tool => tool.find() === undefined)
}
