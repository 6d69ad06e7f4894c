#include "trace/span_matcher.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <string>
#include <system_error>
#include <utility>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace trace {
namespace {

// The number whose text this is, as AttributeValueText() writes it.
template <typename Number>
std::optional<Number> ParseShortest(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [parsed_end, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || parsed_end != end) return std::nullopt;
  if (fmt::format("{}", number) != text) return std::nullopt;
  return number;
}

// The values whose text this is, of the given types: see NameTable::ValueTypes().
std::vector<AttributeView> ValuesOf(std::string_view text, std::uint8_t types) {
  std::vector<AttributeView> values = {text};
  if (text == "true" || text == "false") values.emplace_back(text == "true");
  if (const auto number = ParseShortest<std::int64_t>(text)) values.emplace_back(*number);
  if (const auto number = ParseShortest<double>(text)) values.emplace_back(*number);
  std::erase_if(values,
                [&](const AttributeView& value) { return (types >> value.index() & 1) == 0; });
  return values;
}

// Whether they have the same type and text.
bool SameValue(const AttributeView& a, const AttributeView& b) noexcept {
  const auto* const x = std::get_if<double>(&a);
  const auto* const y = std::get_if<double>(&b);
  if (x == nullptr || y == nullptr) return a == b;
  if (std::isnan(*x) && std::isnan(*y)) return std::signbit(*x) == std::signbit(*y);
  return std::bit_cast<std::uint64_t>(*x) == std::bit_cast<std::uint64_t>(*y);
}

}  // namespace

SpanMatcher::SpanMatcher(const TraceQuery& query, const NameTable& names) : query_(query) {
  if (query.name) name_ = Find(*query.name, names);
  if (query.component) component_ = Find(*query.component, names);
  if (query.status) statuses_ = static_cast<std::uint8_t>(1 << static_cast<int>(*query.status));
  for (const auto& [key, text] : query.attributes) {
    const std::optional<std::uint32_t> id = Find(key, names);
    if (!id) continue;
    conditions_.push_back({*id, ValuesOf(text, names.ValueTypes(*id))});
    can_match_ &= !conditions_.back().values.empty();
  }
  RequireFacets();
}

std::optional<std::uint32_t> SpanMatcher::Find(std::string_view text, const NameTable& names) {
  const std::optional<std::uint32_t> id = names.Find(text);
  can_match_ &= id.has_value();
  return id;
}

void SpanMatcher::RequireFacets() {
  std::vector<AnyFacet> asked;
  if (name_) asked.push_back({NameFacet(*name_)});
  if (component_) asked.push_back({ComponentFacet(*component_)});
  if (query_.status && *query_.status != SpanStatus::kUnset) {
    asked.push_back({StatusFacet(*query_.status)});
  }
  const std::size_t others = asked.size();
  for (const Condition& condition : conditions_) {
    AnyFacet facets;
    for (const AttributeView& value : condition.values) {
      facets.push_back(AttributeFacet(condition.key, value));
    }
    asked.push_back(std::move(facets));
  }
  // A pair says more than its parts.
  for (std::size_t i = 0; i < asked.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      AnyFacet pairs;
      for (const Facet a : asked[j]) {
        for (const Facet b : asked[i]) pairs.push_back(PairFacet(a, b));
      }
      if (j >= others) pairs.push_back(ManyAttributesFacet());
      required_.push_back(std::move(pairs));
    }
  }
  if (asked.size() == 1) required_ = std::move(asked);
}

bool SpanMatcher::MayMatch(const Signature<const SignatureBlock>& signature) const noexcept {
  return std::all_of(required_.begin(), required_.end(), [&](const AnyFacet& facets) {
    return std::any_of(facets.begin(), facets.end(),
                       [&](Facet facet) { return signature.MayHave(facet); });
  });
}

bool SpanMatcher::Matches(const TraceRecord& trace) const noexcept {
  if (!MatchesColumns({trace.start_unix_ns, trace.duration_ns(), trace.statuses})) return false;
  if (!asks_for_spans()) return true;
  bool found = false;
  VisitRecords(trace.spans.bytes(), [&](const SpanHead& head, const char* record) {
    found = MatchesSpan(head, record);
    return !found;
  });
  return found;
}

bool SpanMatcher::MatchesSpan(const SpanHead& head, const char* record) const noexcept {
  if (name_ && head.name != *name_) return false;
  if (component_ && head.component != *component_) return false;
  if (query_.status && head.status != *query_.status) return false;
  return std::all_of(conditions_.begin(), conditions_.end(), [&](const Condition& condition) {
    for (AttributeCursor attribute(record); attribute.Next();) {
      if (attribute.key() != condition.key) continue;
      if (std::any_of(
              condition.values.begin(), condition.values.end(),
              [&](const AttributeView& value) { return SameValue(value, attribute.value()); })) {
        return true;
      }
    }
    return false;
  });
}

}  // namespace trace
VITALS_NAMESPACE_END
