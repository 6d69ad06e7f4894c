#include "export/partial_success.h"

#include <charconv>
#include <cstddef>
#include <system_error>

VITALS_NAMESPACE_BEGIN
namespace otlp {
namespace {

constexpr int kMaxDepth = 32;

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20; }

// Walks over JSON. Lenient in what it does not look at: words and numbers are any characters that
// can be in one. After the first error everything fails.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool failed() const { return failed_; }

  // Whether the next character is this one; takes it then.
  bool Take(char c) {
    SkipSpace();
    if (failed_ || !rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // The inside of a string, with its escapes.
  std::string_view String() {
    if (!Take('"')) return Fail();
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        const std::string_view text = rest_.substr(0, i);
        rest_.remove_prefix(i + 1);
        return text;
      }
      if (IsControl(rest_[i])) break;
      if (rest_[i] == '\\' && ++i < rest_.size() && IsControl(rest_[i])) break;
    }
    return Fail();
  }

  // A number, a number as a string, or a word.
  std::string_view Scalar() {
    SkipSpace();
    if (rest_.starts_with('"')) return String();
    constexpr std::string_view kCharacters =
        "+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const std::string_view text = rest_.substr(0, rest_.find_first_not_of(kCharacters));
    if (text.empty()) return Fail();
    rest_.remove_prefix(text.size());
    return text;
  }

  void SkipValue(int depth) {
    if (depth > kMaxDepth) {
      Fail();
    } else if (Take('{')) {
      Members(depth, [this, depth](std::string_view) { SkipValue(depth + 1); });
    } else if (Take('[')) {
      if (Take(']')) return;
      do {
        SkipValue(depth + 1);
      } while (Take(','));
      if (!Take(']')) Fail();
    } else {
      Scalar();
    }
  }

  // The members of an object whose brace was taken. `on_member` takes the value.
  template <typename OnMember>
  void Members(int depth, OnMember on_member) {
    if (depth > kMaxDepth) Fail();
    if (Take('}')) return;
    do {
      const std::string_view name = String();
      if (!Take(':')) Fail();
      if (failed_) return;
      on_member(name);
    } while (Take(','));
    if (!Take('}')) Fail();
  }

 private:
  void SkipSpace() {
    const std::size_t space = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(space == std::string_view::npos ? rest_.size() : space);
  }

  std::string_view Fail() {
    failed_ = true;
    rest_ = {};
    return {};
  }

  std::string_view rest_;
  bool failed_ = false;
};

// A count that JSON has as a number or as a string; 0 for what is none.
std::uint64_t Count(std::string_view digits) {
  std::uint64_t count = 0;
  const char* const end = digits.data() + digits.size();
  const std::from_chars_result read = std::from_chars(digits.data(), end, count);
  return read.ec == std::errc() && read.ptr == end ? count : 0;
}

}  // namespace

PartialSuccess ParsePartialSuccess(std::string_view body) noexcept {
  Scanner scanner(body);
  PartialSuccess result;
  if (!scanner.Take('{')) return result;
  scanner.Members(1, [&](std::string_view name) {
    if (name != "partialSuccess" || !scanner.Take('{')) return scanner.SkipValue(2);
    scanner.Members(2, [&](std::string_view field) {
      if (field == "rejectedSpans") {
        result.rejected_spans = Count(scanner.Scalar());
      } else if (field == "errorMessage") {
        result.error_message = scanner.Scalar();
      } else {
        scanner.SkipValue(3);
      }
    });
  });
  return scanner.failed() ? PartialSuccess() : result;
}

}  // namespace otlp
VITALS_NAMESPACE_END
