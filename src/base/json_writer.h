#ifndef VITALS_SRC_BASE_JSON_WRITER_H_
#define VITALS_SRC_BASE_JSON_WRITER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace base {

/// Appends JSON (RFC 8259) to a string, without white space, as the calls come. Allocates nothing
/// but what the string grows by. Not thread-safe.
///
///     JsonWriter json(page);
///     json.BeginObject();
///     json.Key("spans");
///     json.BeginArray();
///     json.Uint(3);
///     json.EndArray();
///     json.EndObject();  // {"spans":[3]}
///
/// Calls that make no JSON (a value without its key, an end without its begin, two values at the
/// top) are errors of the program, and asserted. Nesting is at most kMaxDepth deep.
class VITALS_EXPORT JsonWriter {
 public:
  static constexpr int kMaxDepth = 64;

  /// How the doubles are written that JSON has no number for.
  enum class NonFinite : std::uint8_t {
    kNull,    ///< null
    kString,  ///< "NaN", "Infinity" and "-Infinity", as protobuf's JSON has them
  };

  /// `out` outlives the writer, and is not touched by others while it writes.
  explicit JsonWriter(std::string& out, NonFinite non_finite = NonFinite::kNull) noexcept
      : out_(out), non_finite_(non_finite) {}

  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  void BeginObject() { Begin('{', true); }
  void EndObject() { End('}', true); }
  void BeginArray() { Begin('[', false); }
  void EndArray() { End(']', false); }

  /// The name of the next value of an object. That no name comes twice is up to the caller.
  void Key(std::string_view name);

  /// What is no UTF-8 in `text` becomes U+FFFD, as in base::ToValidUtf8().
  void String(std::string_view text);

  void Int(std::int64_t value);
  void Uint(std::uint64_t value);

  /// The integer as a string of digits, as protobuf's JSON has 64-bit ones: many readers keep
  /// numbers as doubles.
  void QuotedInt(std::int64_t value);
  void QuotedUint(std::uint64_t value);

  /// `thousandths` / 1000, exactly and without exponent: microseconds of nanoseconds.
  void Thousandths(std::uint64_t thousandths);

  /// The shortest decimal that reads back as the same double.
  void Double(double value);
  void Bool(bool value);
  void Null();

 private:
  void Begin(char bracket, bool object);
  void End(char bracket, bool object);
  void BeforeValue();
  void AppendQuoted(std::string_view text);
  bool InObject() const noexcept { return depth_ > 0 && (objects_ >> (depth_ - 1) & 1) != 0; }

  std::string& out_;
  const NonFinite non_finite_;
  bool comma_ = false;      // whether a value came before at this depth
  bool after_key_ = false;  // whether a key waits for its value
  int depth_ = 0;
  std::uint64_t objects_ = 0;  // a bit for each depth: whether it is an object
};

}  // namespace base
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_BASE_JSON_WRITER_H_
