// Prints a page with every fault that both linters know, or what Lint() says of it.
//
//   lint_page page|problems

#include <iostream>
#include <string>
#include <string_view>

#include "vitals/exposition/text_encoder.h"
#include "vitals/metrics/lint.h"
#include "vitals/metrics/registry.h"

namespace {

void AddFamilies(vitals::Registry& registry) {
  for (const char* const name : {"good_total", "no_suffix", "time_ms_total", "a:b_total",
                                 "workDone_total", "sent_kilobytes_total", "uptime_days_total"}) {
    registry.AddCounter({.name = name, .help = "Help."}).value().Increment();
  }
  registry.AddCounter({.name = "no_help_total"}).value().Increment();
  registry.AddCounter({.name = "labels_total", .help = "Help."}, {"le", "quantile", "workerId"})
      .value()
      .With("1", "2", "3")
      .Increment();
  for (const char* const name : {"good", "up_total", "a_bucket", "a_sum", "a_count", "b_gauge",
                                 "b_gauge_c", "heat_fahrenheit", "length_inches", "Size_KB"}) {
    registry.AddGauge({.name = name, .help = "Help."}).value().Set(1);
  }
  for (const char* const name : {"good_seconds", "took_microseconds", "d_histogram", "e_total"}) {
    registry.AddHistogram({.name = name, .help = "Help.", .bounds = {1}}).value().Observe(1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc == 2 ? argv[1] : "";
  vitals::Registry registry;
  AddFamilies(registry);
  if (what == "page") {
    vitals::Snapshot snapshot;
    registry.Gather(snapshot);
    std::string page;
    vitals::EncodeText(snapshot, page);
    std::cout << page;
    return 0;
  }
  if (what == "problems") {
    for (const vitals::LintProblem& problem : vitals::Lint(registry)) {
      std::cout << problem.metric << ' ' << problem.text << '\n';
    }
    return 0;
  }
  std::cerr << "usage: lint_page page|problems\n";
  return 2;
}
