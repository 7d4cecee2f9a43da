import { camscript } from "camscript/vitest"
import { defineConfig } from "vitest/config"

export default defineConfig({
    plugins: [camscript()],
    // The first test of all compiles the program and the native code.
    test: { testTimeout: 300_000 },
})
