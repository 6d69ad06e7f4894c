#include "base/json_writer.h"

#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "base/bytes.h"
#include "base/utf8.h"

VITALS_NAMESPACE_BEGIN
namespace base {
namespace {

constexpr bool NeedsEscape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

constexpr std::uint64_t Repeat(std::uint64_t byte) { return byte * 0x0101010101010101; }

// Whether one of the 8 bytes may need an escape; where none does, never. (Subtracting 1 from a
// byte of 0 borrows into its highest bit; so does 0x20 from what is below it.)
bool MayNeedEscape(std::uint64_t word) {
  const auto zero_byte = [](std::uint64_t bytes) { return (bytes - Repeat(1)) & ~bytes; };
  const std::uint64_t control = (word - Repeat(0x20)) & ~word;
  const std::uint64_t quote = zero_byte(word ^ Repeat('"'));
  const std::uint64_t backslash = zero_byte(word ^ Repeat('\\'));
  return ((control | quote | backslash) & Repeat(0x80)) != 0;
}

// Bytes at the start of `text` that stand for themselves.
std::size_t PlainPrefix(std::string_view text) {
  std::size_t i = 0;
  while (i + sizeof(std::uint64_t) <= text.size() &&
         !MayNeedEscape(internal::LoadUnaligned<std::uint64_t>(text.data() + i))) {
    i += sizeof(std::uint64_t);
  }
  while (i < text.size() && !NeedsEscape(text[i])) ++i;
  return i;
}

void AppendEscape(char c, std::string& out) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  constexpr std::string_view kPlain = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  out.push_back('\\');
  if (const std::size_t letter = kPlain.find(c); letter != std::string_view::npos) {
    out.push_back(kLetters[letter]);
    return;
  }
  out.append("u00");
  out.push_back(kHexDigits[static_cast<std::size_t>(c) >> 4]);
  out.push_back(kHexDigits[static_cast<std::size_t>(c) & 0xF]);
}

// `text` is UTF-8.
void AppendEscaped(std::string_view text, std::string& out) {
  while (true) {
    const std::size_t plain = PlainPrefix(text);
    out.append(text.substr(0, plain));
    if (plain == text.size()) return;
    AppendEscape(text[plain], out);
    text.remove_prefix(plain + 1);
  }
}

template <typename Number>
void AppendNumber(Number value, std::string& out) {
  // The longest double takes 24 characters, the longest integer 20.
  std::array<char, 32> digits;
  const std::to_chars_result written =
      std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), written.ptr);
}

}  // namespace

void JsonWriter::BeforeValue() {
  assert((after_key_ || !InObject()) && "a value of an object needs its key");
  assert((depth_ > 0 || !comma_) && "a second value at the top");
  if (after_key_) {
    after_key_ = false;
  } else if (comma_) {
    out_.push_back(',');
  }
  comma_ = true;
}

void JsonWriter::Begin(char bracket, bool object) {
  assert(depth_ < kMaxDepth);
  BeforeValue();
  out_.push_back(bracket);
  const std::uint64_t bit = std::uint64_t{1} << depth_;
  objects_ = object ? objects_ | bit : objects_ & ~bit;
  ++depth_;
  comma_ = false;
}

void JsonWriter::End(char bracket, [[maybe_unused]] bool object) {
  assert(depth_ > 0 && InObject() == object && !after_key_);
  out_.push_back(bracket);
  --depth_;
  comma_ = true;
}

void JsonWriter::Key(std::string_view name) {
  assert(InObject() && !after_key_);
  if (comma_) out_.push_back(',');
  AppendQuoted(name);
  out_.push_back(':');
  after_key_ = true;
}

void JsonWriter::AppendQuoted(std::string_view text) {
  out_.push_back('"');
  while (true) {
    const std::size_t valid = ValidUtf8Prefix(text);
    AppendEscaped(text.substr(0, valid), out_);
    if (valid == text.size()) break;
    text.remove_prefix(valid);
    out_.append(kReplacementCharacter);
    text.remove_prefix(IllFormedUtf8Prefix(text));
  }
  out_.push_back('"');
}

void JsonWriter::String(std::string_view text) {
  BeforeValue();
  AppendQuoted(text);
}

void JsonWriter::Int(std::int64_t value) {
  BeforeValue();
  AppendNumber(value, out_);
}

void JsonWriter::Uint(std::uint64_t value) {
  BeforeValue();
  AppendNumber(value, out_);
}

void JsonWriter::QuotedInt(std::int64_t value) {
  BeforeValue();
  out_.push_back('"');
  AppendNumber(value, out_);
  out_.push_back('"');
}

void JsonWriter::QuotedUint(std::uint64_t value) {
  BeforeValue();
  out_.push_back('"');
  AppendNumber(value, out_);
  out_.push_back('"');
}

void JsonWriter::Thousandths(std::uint64_t thousandths) {
  BeforeValue();
  AppendNumber(thousandths / 1000, out_);
  if (const std::uint64_t rest = thousandths % 1000; rest != 0) {
    const std::string digits = std::to_string(1000 + rest);  // the 1 keeps zeros in front
    out_.push_back('.');
    out_.append(digits, 1, digits.find_last_not_of('0'));
  }
}

void JsonWriter::Double(double value) {
  BeforeValue();
  if (std::isfinite(value)) {
    AppendNumber(value, out_);
  } else if (non_finite_ == NonFinite::kNull) {
    out_.append("null");
  } else if (std::isnan(value)) {
    out_.append("\"NaN\"");
  } else {
    out_.append(value < 0 ? "\"-Infinity\"" : "\"Infinity\"");
  }
}

void JsonWriter::Bool(bool value) {
  BeforeValue();
  out_.append(value ? "true" : "false");
}

void JsonWriter::Null() {
  BeforeValue();
  out_.append("null");
}

}  // namespace base
VITALS_NAMESPACE_END
