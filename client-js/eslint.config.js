'use strict';

const esx = require('eslint-plugin-es-x');

// The source is ES3 with the modules of CommonJS; what stands there of later editions is looked for before it is used.
const HOST = ['window', 'self', 'setTimeout', 'clearTimeout', 'XMLHttpRequest', 'WebSocket', 'JSON', 'Uint8Array', 'ArrayBuffer',
  'escape', 'unescape', 'require', 'module', 'Promise', 'CollectGarbage', 'fetch', 'AbortController', 'TextDecoder'];

// The modern build's own modules may use what browsers of 2017 have.
const MODERN = ['TextEncoder', 'URL', 'crypto', 'document', 'btoa', 'atob'];

// src/modern is for the browsers of today.
const MODERN_HOST = [...HOST, 'document', 'location', 'navigator', 'crypto', 'URL', 'fetch', 'AbortController', 'TextEncoder',
  'TextDecoder', 'atob', 'btoa', 'queueMicrotask', 'addEventListener'];

module.exports = [
  { ...esx.configs['flat/restrict-to-es3'], files: ['src/**/*.js'], ignores: ['src/modern/**'] },
  { ...esx.configs['flat/restrict-to-es2017'], files: ['src/modern/*.js'] },
  {
    files: ['src/modern/*.js'],
    languageOptions: {
      ecmaVersion: 2017,
      sourceType: 'commonjs',
      globals: Object.fromEntries(MODERN_HOST.map((name) => [name, 'readonly']))
    },
    rules: {
      'no-undef': 'error',
      'no-unused-vars': ['error', { caughtErrors: 'none' }],
      eqeqeq: 'error',
      'max-lines': ['error', 399],
      'max-lines-per-function': ['error', 39],
      'max-len': ['error', 160]
    }
  },
  {
    files: ['src/**/*.js'],
    ignores: ['src/modern/**'],
    languageOptions: {
      ecmaVersion: 3,
      sourceType: 'commonjs',
      globals: Object.fromEntries(HOST.map((name) => [name, 'readonly']))
    },
    linterOptions: { reportUnusedDisableDirectives: true },
    rules: {
      'no-undef': 'error',
      'no-unused-vars': ['error', { caughtErrors: 'none' }],
      'no-use-before-define': 'off',
      'no-redeclare': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', 399],
      'max-lines-per-function': ['error', 39],
      'max-len': ['error', 128],
      'es-x/no-json': 'off',
      'es-x/no-promise': 'off',
      'es-x/no-typed-arrays': 'off',
      'es-x/no-array-buffer': 'off'
    }
  }
];
