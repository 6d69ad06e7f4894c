#include "vitals/exposition/parsed_page.h"

#include <algorithm>
#include <utility>

VITALS_NAMESPACE_BEGIN
namespace {

// Replaces `\\`, `\n` and, where `quotes` says so, `\"`. Other escapes stand for themselves.
std::string Unescape(std::string_view text, bool quotes) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == '\\' || next == 'n' || (next == '"' && quotes)) {
      result += next == 'n' ? '\n' : next;
      ++i;
    } else {
      result += text[i];
    }
  }
  return result;
}

}  // namespace

std::string ParsedLabel::value() const { return Unescape(escaped_value, /*quotes=*/true); }

// The text was parsed before: between names and values there is nothing but blanks, tabs, commas,
// one equals sign and quotes.
ParsedLabels::Iterator& ParsedLabels::Iterator::operator++() {
  constexpr std::string_view kBetween = " \t,";
  rest_.remove_prefix(std::min(rest_.find_first_not_of(kBetween), rest_.size()));
  label_ = {};
  if (rest_.empty()) return *this;
  const std::size_t name_size = rest_.find_first_of(" \t=");
  const std::size_t open = rest_.find('"', name_size);
  std::size_t close = open + 1;
  while (rest_[close] != '"') close += rest_[close] == '\\' ? 2 : 1;
  label_ = {rest_.substr(0, name_size), rest_.substr(open + 1, close - open - 1)};
  rest_.remove_prefix(close + 1);
  return *this;
}

std::optional<std::string> ParsedLabels::Get(std::string_view name) const {
  for (const ParsedLabel& label : *this) {
    if (label.name == name) return label.value();
  }
  return std::nullopt;
}

Labels ParsedLabels::ToLabels() const {
  std::vector<Label> labels;
  for (const ParsedLabel& label : *this) labels.push_back({std::string(label.name), label.value()});
  return Labels(std::move(labels));
}

std::string ParsedPage::Help(const ParsedFamily& family) const {
  return Unescape(family.escaped_help, format_ == ExpositionFormat::kOpenMetrics);
}

const ParsedFamily* ParsedPage::Find(std::string_view name) const {
  for (const ParsedFamily& family : families_) {
    if (family.name == name) return &family;
  }
  return nullptr;
}

VITALS_NAMESPACE_END
