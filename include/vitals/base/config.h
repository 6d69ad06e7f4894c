#ifndef VITALS_BASE_CONFIG_H_
#define VITALS_BASE_CONFIG_H_

/// \file
/// Macros that every header of vitals uses: linkage, ABI namespace, inlining of the hot path.
///
/// Linkage. A shared build exports what is marked VITALS_EXPORT and nothing else. A static build
/// exports nothing: a plugin that links its own static copy keeps it to itself, so that two private
/// copies in one process stay apart.

/// Version of the library, as CMake's project() states it.
#define VITALS_VERSION_MAJOR 0
#define VITALS_VERSION_MINOR 1
#define VITALS_VERSION_PATCH 0
#define VITALS_VERSION "0.1.0"

#if defined(VITALS_SHARED)
#define VITALS_EXPORT __attribute__((visibility("default")))
#else
#define VITALS_EXPORT
#endif

/// Opens and closes namespace vitals with its ABI version: objects of different versions do not
/// link with each other by accident.
#define VITALS_NAMESPACE_BEGIN \
  namespace vitals {           \
  inline namespace v0 {
#define VITALS_NAMESPACE_END \
  }                          \
  }

/// An inline function that records, or that calls into the library: always inlined, never emitted
/// as a symbol that could be bound to another copy of vitals in the process.
#define VITALS_INLINE [[gnu::always_inline]] inline

#endif  // VITALS_BASE_CONFIG_H_
