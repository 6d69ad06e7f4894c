#include "exposition/number.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <system_error>

VITALS_NAMESPACE_BEGIN
namespace exposition {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// `word` is in lower case.
bool EqualsIgnoringCase(std::string_view text, std::string_view word) {
  if (text.size() != word.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != word[i]) return false;
  }
  return true;
}

bool ParseWord(std::string_view text, double& number) {
  if (EqualsIgnoringCase(text, "nan")) {
    number = std::numeric_limits<double>::quiet_NaN();
    return true;
  }
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (!EqualsIgnoringCase(text, "inf") && !EqualsIgnoringCase(text, "infinity")) return false;
  const double infinity = std::numeric_limits<double>::infinity();
  number = negative ? -infinity : infinity;
  return true;
}

// Whether a well-formed number that no double is near to is tiny, not huge: the place of its first
// digit that counts, and the exponent, tell.
bool IsTiny(std::string_view digits) {
  const std::size_t exponent_at = std::min(digits.find_first_of("eE"), digits.size());
  const std::string_view mantissa = digits.substr(0, exponent_at);
  std::string_view exponent = digits.substr(exponent_at);
  exponent.remove_prefix(std::min(exponent.find_first_not_of("eE+"), exponent.size()));
  std::int64_t shift = 0;
  if (std::from_chars(exponent.data(), exponent.data() + exponent.size(), shift).ec ==
      std::errc::result_out_of_range) {
    return exponent.starts_with('-');
  }
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = mantissa.find_first_not_of("0.");
  return static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) + shift < 0;
}

NumberError ParseDecimal(std::string_view text, double& number) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  // from_chars() has words and a sign of its own.
  if (text.empty() || !(IsDigit(text[0]) || text[0] == '.')) return NumberError::kSyntax;
  const char* const end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, number);
  if (read.ptr != end || read.ec == std::errc::invalid_argument) return NumberError::kSyntax;
  if (read.ec == std::errc::result_out_of_range) {
    if (!IsTiny(text)) return NumberError::kRange;
    number = 0;
  }
  if (negative) number = -number;
  return NumberError::kNone;
}

}  // namespace

NumberError ParseNumber(std::string_view text, double& number) noexcept {
  // Whole numbers, the most common: as many digits as fit an integer that is rounded once.
  constexpr std::size_t kMaxDigits = 19;
  if (!text.empty() && text.size() <= kMaxDigits) {
    std::uint64_t integer = 0;
    std::size_t i = 0;
    for (; i < text.size() && IsDigit(text[i]); ++i) {
      integer = integer * 10 + static_cast<std::uint64_t>(text[i] - '0');
    }
    if (i == text.size()) {
      number = static_cast<double>(integer);
      return NumberError::kNone;
    }
  }
  if (!text.empty() && (IsDigit(text.back()) || text.back() == '.')) {
    return ParseDecimal(text, number);
  }
  return ParseWord(text, number) ? NumberError::kNone : NumberError::kSyntax;
}

}  // namespace exposition
VITALS_NAMESPACE_END
