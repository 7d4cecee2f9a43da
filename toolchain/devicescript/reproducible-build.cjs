// SPDX-License-Identifier: MIT
// Preloaded into the DeviceScript compiler: hides .git, so that the same sources give the same bytes.
//
// Inside a git checkout the compiler writes `git describe` into the program, and the date to the minute when the tree
// is dirty. It decides by looking for .git in the working folder and up to nine folders above; without it the version
// in package.json is used.

const fs = require("node:fs")

const existsSync = fs.existsSync
fs.existsSync = path =>
    !/^(\.\.\/)*\.git$/.test(String(path)) && existsSync(path)
