#ifndef VITALS_BASE_INTERNED_NAME_H_
#define VITALS_BASE_INTERNED_NAME_H_

#include <cstddef>
#include <string_view>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN

/// A name that recording may keep as a pointer: a literal, or a text that was interned once. Span
/// names, attribute keys and event names are of this type. Trivially copyable; no value of it ever
/// dangles, but for a literal of a plugin that was unloaded: see TracerProvider::Drain().
///
///     tracer.StartSpan("compress");                            // a literal: nothing to do
///     static const auto name = vitals::InternName(component);  // a text: once, then kept
///     tracer.StartSpan(name);
class InternedName {
 public:
  /// The empty name.
  constexpr InternedName() noexcept = default;

  /// A literal, or another array with static storage that is known at compile time. It ends at its
  /// first NUL.
  template <std::size_t size>
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is a name
  consteval InternedName(const char (&literal)[size]) noexcept : text_(literal) {
    if (literal[size - 1] != '\0') ANameMustEndInNul();
  }

  /// The characters, with a NUL behind them.
  constexpr const char* c_str() const noexcept { return text_; }
  constexpr std::string_view view() const noexcept { return text_; }

  /// A NUL-terminated text that lives as long as the process, or longer than all that use it, such
  /// as c_str() of another.
  static constexpr InternedName FromStatic(const char* text) noexcept {
    return {Permanent(), text};
  }

  friend constexpr bool operator==(InternedName a, InternedName b) noexcept {
    return a.text_ == b.text_ || a.view() == b.view();
  }

 private:
  // Not constexpr, so that a call of it does not compile.
  static void ANameMustEndInNul() noexcept {}

  struct Permanent {};
  constexpr InternedName(Permanent, const char* text) noexcept : text_(text) {}

  const char* text_ = "";
};

/// Longest text that InternName() takes, in bytes; a longer one is cut between two characters.
inline constexpr std::size_t kMaxInternedNameBytes = 256;

/// Texts that InternName() keeps, in the whole process, each for as long as that lives.
inline constexpr std::size_t kMaxInternedNames = 65'536;

/// What stands for every text beyond kMaxInternedNames.
inline constexpr std::string_view kTooManyNames = "(too many names)";

/// The name with this text: always the same pointer for the same text. The text ends at its first
/// NUL; what is not UTF-8 in it is replaced by U+FFFD. Thread-safe. Takes a lock and, the first
/// time, memory: for setup, not for every span. Beyond kMaxInternedNames, or without memory, it is
/// kTooManyNames, and counted.
VITALS_EXPORT InternedName InternName(std::string_view text) noexcept;

/// How many calls of InternName() gave kTooManyNames.
VITALS_EXPORT std::size_t RefusedNames() noexcept;

VITALS_NAMESPACE_END

#endif  // VITALS_BASE_INTERNED_NAME_H_
