#include "testing/page_lines.h"

#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "vitals/exposition/text_encoder.h"
#include "vitals/model/snapshot.h"

VITALS_NAMESPACE_BEGIN
namespace testing {
namespace {

// The number that a label such as `le` holds; NaN sorts nowhere, so it is 0.
double NumberOf(std::string_view text) {
  if (text == "+Inf") return HUGE_VAL;
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return std::isnan(number) ? 0 : number;
}

PageLine LineOf(const ParsedSample& sample) {
  const Labels labels = sample.labels.ToLabels();
  PageLine line;
  std::vector<Label> others;
  for (const Label& label : labels) {
    if (label.name == "le" || label.name == "quantile") {
      line.rank = NumberOf(label.value);
    } else {
      others.push_back(label);
    }
  }
  line.series = SeriesText(sample.name, Labels(std::move(others)));
  line.text = fmt::format("{} {}", SeriesText(sample.name, labels), sample.value);
  if (sample.timestamp_ms) line.text += fmt::format(" {}", *sample.timestamp_ms);
  return line;
}

}  // namespace

std::string PageOf(Gatherer& gatherer) {
  Snapshot snapshot;
  gatherer.Gather(snapshot);
  std::string page;
  EncodeText(snapshot, page);
  return page;
}

std::string SeriesText(std::string_view name, const Labels& labels) {
  if (labels.empty()) return std::string(name);
  return fmt::format("{}{{{}}}", name, LabelText(labels));
}

PageLines LinesOf(const ParsedPage& page) {
  PageLines lines;
  for (const ParsedFamily& family : page.families()) {
    std::set<PageLine>& of_family = lines[std::string(family.name)];
    // Sort before every series.
    if (!family.escaped_help.empty()) {
      of_family.insert({"", 0, fmt::format("# HELP {} {}", family.name, family.escaped_help)});
    }
    of_family.insert(
        {"", 1, fmt::format("# TYPE {} {}", family.name, MetricTypeName(family.type))});
    for (const ParsedSample& sample : page.samples(family)) of_family.insert(LineOf(sample));
  }
  return lines;
}

}  // namespace testing
VITALS_NAMESPACE_END
