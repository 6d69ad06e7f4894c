#include "net/url.h"

#include <algorithm>
#include <array>

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

std::optional<unsigned> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

// Removes "http://host" from the front of an absolute form. False when it is none.
bool RemoveAuthority(std::string_view& target) {
  static constexpr std::array<std::string_view, 2> kSchemes = {"http://", "https://"};
  for (const std::string_view scheme : kSchemes) {
    if (!target.starts_with(scheme)) continue;
    target.remove_prefix(scheme.size());
    target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
    return true;
  }
  return false;
}

}  // namespace

std::optional<TargetParts> SplitTarget(std::string_view target) {
  if (RemoveAuthority(target) && (target.empty() || target.front() == '?')) {
    return TargetParts{"/", target.empty() ? target : target.substr(1)};
  }
  if (target.empty() || target.front() != '/') return std::nullopt;
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return TargetParts{target, {}};
  return TargetParts{target.substr(0, mark), target.substr(mark + 1)};
}

std::optional<std::string> DecodePercent(std::string_view text, PlusSign plus) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == PlusSign::kSpace) {
      result.push_back(' ');
    } else if (text[i] != '%') {
      result.push_back(text[i]);
    } else {
      if (text.size() - i < 3) return std::nullopt;
      const std::optional<unsigned> high = HexDigit(text[i + 1]);
      const std::optional<unsigned> low = HexDigit(text[i + 2]);
      if (!high || !low) return std::nullopt;
      result.push_back(static_cast<char>(*high * 16 + *low));
      i += 2;
    }
  }
  return result;
}

std::optional<std::vector<std::pair<std::string, std::string>>> ParseQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> fields;
  while (!query.empty()) {
    const std::string_view field = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(field.size() + 1, query.size()));
    if (field.empty()) continue;
    const std::string_view name = field.substr(0, field.find('='));
    const std::string_view value =
        name.size() == field.size() ? std::string_view() : field.substr(name.size() + 1);
    std::optional<std::string> decoded_name = DecodePercent(name, PlusSign::kSpace);
    std::optional<std::string> decoded_value = DecodePercent(value, PlusSign::kSpace);
    if (!decoded_name || !decoded_value) return std::nullopt;
    fields.emplace_back(*std::move(decoded_name), *std::move(decoded_value));
  }
  return fields;
}

}  // namespace net
VITALS_NAMESPACE_END
