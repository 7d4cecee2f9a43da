// SPDX-License-Identifier: MIT
// Loaded before the DeviceScript compiler: what it looks for in the working folder, and does not find there as we need it.
//
// .git is hidden, so that the same sources give the same bytes: inside a git checkout the compiler writes `git describe` into the
// program, and the date to the minute when the tree is dirty. It decides by looking for .git in the working folder and up to nine
// folders above; without it the version in package.json is used.
//
// camscript's services stand beside the project's own: the compiler reads services/*.md of the working folder only.
//
// devsconfig.json counts as there: it marks a project, and nothing is read from it.

const fs = require("node:fs")
const path = require("node:path")

const { existsSync, readdirSync, readFileSync } = fs

const own = path.resolve("services")
const provided = process.env.CAMSCRIPT_SERVICES

/** Looked at each time: a compiler that is kept sees services come and go. */
const isProvided = () => !existsSync(own) || fs.realpathSync(own) !== provided
const ownNames = () => (existsSync(own) ? readdirSync(own) : [])

fs.existsSync = file => {
    const name = String(file)
    if (/^(\.\.\/)*\.git$/.test(name)) return false
    return (
        name === "./devsconfig.json" ||
        (path.resolve(name) === own && isProvided()) ||
        existsSync(file)
    )
}

fs.readdirSync = (folder, ...options) =>
    path.resolve(String(folder)) === own && isProvided()
        ? [...new Set([...readdirSync(provided), ...ownNames()])].sort()
        : readdirSync(folder, ...options)

fs.readFileSync = (file, ...options) => {
    const isMissing =
        typeof file === "string" &&
        path.resolve(file, "..") === own &&
        isProvided() &&
        !ownNames().includes(path.basename(file))
    return readFileSync(
        isMissing ? path.join(provided, path.basename(file)) : file,
        ...options
    )
}
