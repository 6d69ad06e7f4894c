#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "vitals/exposition/parser.h"

// Any bytes as a page of either format: what the parser accepts is what it says it is.
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

// Whether `part` is a view of the page, or empty.
bool IsWithin(std::string_view part, std::string_view page) {
  return part.empty() ||
         (part.data() >= page.data() && part.data() + part.size() <= page.data() + page.size());
}

void CheckLabels(const vitals::ParsedLabels& labels, std::string_view page, std::size_t most) {
  std::size_t count = 0;
  for (const vitals::ParsedLabel& label : labels) {
    ++count;
    Require(!label.name.empty() && IsWithin(label.name, page));
    Require(IsWithin(label.escaped_value, page));
    Require(vitals::base::IsValidUtf8(label.value()));
    Require(labels.Get(label.name) == label.value());
  }
  Require(count <= most && labels.ToLabels().size() == count);
}

void CheckFamily(const vitals::ParsedFamily& family, const vitals::ParsedPage& parsed,
                 std::string_view page) {
  Require(!family.name.empty() && IsWithin(family.name, page) && IsWithin(family.unit, page));
  Require(vitals::base::IsValidUtf8(parsed.Help(family)));
  Require(family.first_sample + std::size_t{family.sample_count} <= parsed.samples().size());
  for (const vitals::ParsedSample& sample : parsed.samples(family)) {
    // All that is the family's is named after it.
    Require(sample.name.starts_with(family.name));
  }
}

void CheckPage(std::string_view page, const vitals::ParseOptions& options) {
  const auto parsed = vitals::ParsePage(page, options);
  if (!parsed.ok()) {
    const absl::string_view message = parsed.status().message();
    Require(message.substr(0, 5) == "line ");
    return;
  }
  std::size_t samples = 0;
  for (const vitals::ParsedFamily& family : parsed->families()) {
    CheckFamily(family, *parsed, page);
    samples += family.sample_count;
  }
  // Each sample is of one family.
  Require(samples == parsed->samples().size() && samples <= options.max_samples);
  for (const vitals::ParsedSample& sample : parsed->samples()) {
    Require(IsWithin(sample.series_text(), page));
    CheckLabels(sample.labels, page, options.max_labels);
    const vitals::ParsedExemplar* const exemplar = parsed->Exemplar(sample);
    if (exemplar != nullptr) CheckLabels(exemplar->labels, page, options.max_labels);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view page(reinterpret_cast<const char*>(data), size);
  vitals::ParseOptions options;
  options.max_samples = 50;
  options.max_labels = 5;
  options.format = vitals::ExpositionFormat::kText;
  CheckPage(page, options);
  options.format = vitals::ExpositionFormat::kOpenMetrics;
  CheckPage(page, options);
  // Most inputs lack the end, and would tell nothing of what comes before it.
  CheckPage(std::string(page) + "\n# EOF\n", options);
  return 0;
}
