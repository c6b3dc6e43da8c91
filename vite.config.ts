// The shell's build. The sealed frame's bridge is built apart: it is a single classic script, not part of this bundle.
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'

const gateway = `http://localhost:${process.env.PORT ?? '4000'}`

export default defineConfig({
  root: 'web',
  plugins: [tailwindcss(), solid()],
  build: {
    outDir: '../dist/shell',
    emptyOutDir: true,
    assetsInlineLimit: 0, // no data: URLs: the shell's CSP names 'self' only
    modulePreload: { polyfill: false },
    target: 'es2023',
    sourcemap: false,
    reportCompressedSize: false,
  },
  server: {
    host: 'localhost',
    proxy: {
      '/api': { target: gateway, headers: { origin: gateway } },
      '/healthz': { target: gateway },
      '/mux': { target: gateway, ws: true, headers: { origin: gateway } },
    },
  },
})
