#include "vitals/testing/value.h"

#include <cstddef>
#include <string>

#include "fmt/format.h"
#include "testing/page_lines.h"
#include "vitals/exposition/parser.h"

VITALS_NAMESPACE_BEGIN
namespace testing {
namespace {

// Series that a message names.
constexpr std::size_t kMaxNamedSeries = 10;

absl::Status NotFound(const ParsedPage& page, std::string_view name, const Labels& labels) {
  std::string others;
  std::size_t count = 0;
  for (const ParsedSample& sample : page.samples()) {
    if (sample.name != name) continue;
    if (++count > kMaxNamedSeries) continue;
    others += "\n  " + SeriesText(name, sample.labels.ToLabels());
  }
  if (count == 0) {
    return absl::NotFoundError(fmt::format("the page has nothing of the name {}", name));
  }
  if (count > kMaxNamedSeries) others += fmt::format("\n  and {} more", count - kMaxNamedSeries);
  return absl::NotFoundError(
      fmt::format("the page has no {}; it has:{}", SeriesText(name, labels), others));
}

}  // namespace

absl::StatusOr<double> Value(Gatherer& gatherer, std::string_view name, const Labels& labels) {
  const std::string text = PageOf(gatherer);
  const absl::StatusOr<ParsedPage> page = ParsePage(text, ParseOptions());
  if (!page.ok()) return page.status();
  for (const ParsedSample& sample : page->samples()) {
    if (sample.name == name && sample.labels.ToLabels() == labels) return sample.value;
  }
  return NotFound(*page, name, labels);
}

}  // namespace testing
VITALS_NAMESPACE_END
