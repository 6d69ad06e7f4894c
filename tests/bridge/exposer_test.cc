// Our metrics, served by a stock prometheus::Exposer.

#include "prometheus/exposer.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/net/raw_client.h"
#include "tests/testing/page.h"
#include "vitals/bridge/gatherer_collectable.h"
#include "vitals/metrics/collector.h"
#include "vitals/metrics/registry.h"
#include "vitals/model/metric_family.h"

namespace vitals::bridge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct PageContents {
  std::map<std::string, std::string> types;   // by family
  std::map<std::string, std::string> values;  // by series; with 16 digits, as prometheus-cpp has
};

// Name and labels, in an order that does not depend on the page's.
std::string SortedSeries(std::string_view series) {
  const std::size_t brace = series.find('{');
  if (brace == std::string_view::npos) return std::string(series);
  const std::string_view labels = series.substr(brace + 1, series.size() - brace - 2);
  return std::string(series.substr(0, brace)) + '{' + LabelText(ParseLabelText(labels)) + '}';
}

std::string SixteenDigits(std::string_view number) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.16g", std::strtod(std::string(number).c_str(), nullptr));
  return text;
}

// Reads a page whose lines have no timestamps, leaving out what the Exposer counts about itself.
PageContents Read(std::string_view page) {
  constexpr std::string_view kType = "# TYPE ";
  PageContents contents;
  while (!page.empty()) {
    const std::string_view line = page.substr(0, page.find('\n'));
    page.remove_prefix(std::min(page.size(), line.size() + 1));
    const std::size_t blank = line.rfind(' ');
    if (line.starts_with(kType)) {
      const std::string name(line.substr(kType.size(), blank - kType.size()));
      if (!name.starts_with("exposer_")) contents.types[name] = line.substr(blank + 1);
    } else if (!line.starts_with('#') && !line.starts_with("exposer_")) {
      const std::string series = SortedSeries(line.substr(0, blank));
      EXPECT_TRUE(contents.values.emplace(series, SixteenDigits(line.substr(blank + 1))).second)
          << line;
    }
  }
  return contents;
}

// What only a collector can find: values of no type.
class UntypedCollector : public Collector {
 public:
  std::vector<CollectedFamily> Collect() override {
    CollectedFamily family;
    family.name = "foreign";
    family.samples = {{{{"kind", "a"}}, 1}, {{{"kind", "b"}}, 0.1}};
    return {family};
  }
};

std::shared_ptr<Registry> BusyRegistry() {
  auto registry = std::make_shared<Registry>(RegistryOptions{.const_labels = {{"host", "h1"}}});
  auto jobs =
      registry
          ->AddCounter(
              {.name = "jobs_total", .help = "Jobs done.", .const_labels = {{"shard", "3"}}},
              {"status", "queue"})
          .value();
  jobs.With("completed", "a \"b\"\\\n").Increment(12345678901);
  jobs.With("failed", "\xc3\xa9").Increment();
  registry->AddDoubleCounter({.name = "busy_seconds_total"}).value().Increment(1.0 / 3);
  registry->AddGauge({.name = "level"}).value().Set(-1e-7);
  registry->AddUpDownCounter({.name = "active"}).value().Increment(2);
  auto seconds =
      registry->AddHistogram({.name = "job_seconds", .bounds = {0.0005, 0.1, 1e6}}, {"kind"});
  for (const double value : {0.001, 0.05, 0.06, 1.0, 9.0}) seconds->With("a").Observe(value);
  seconds->With("b");
  auto sizes = registry->AddExponentialHistogram(
      {.name = "job_bytes", .schema = 0, .min_value = 1, .max_value = 1 << 20});
  for (const double value : {4.0, 16.0}) sizes->Observe(value);
  registry->AddSummary({.name = "wait_seconds"})->Observe(0.5);
  registry->AddStateSet({.name = "phase", .states = {"starting", "running"}})->Set(1);
  registry->AddInfo({.name = "build_info"}, {"version"})->With("1.2");
  EXPECT_TRUE(registry->AddCollector(std::make_shared<UntypedCollector>()).ok());
  return registry;
}

class ExposerTest : public ::testing::Test {
 protected:
  // One for all tests: it takes two seconds to stop.
  static void SetUpTestSuite() { exposer_ = std::make_unique<prometheus::Exposer>("127.0.0.1:0"); }
  static void TearDownTestSuite() { exposer_.reset(); }

  std::string Scrape() {
    const auto port = static_cast<std::uint16_t>(exposer_->GetListeningPorts().at(0));
    const auto response = vitals_test::RawClient::Tcp(port).Get("/metrics");
    if (!response || response->status != 200) {
      ADD_FAILURE() << "no page from the Exposer";
      return "";
    }
    return response->body;
  }

  static inline std::unique_ptr<prometheus::Exposer> exposer_;
};

TEST_F(ExposerTest, ServesTheSameSeriesAndValues) {
  const std::shared_ptr<Registry> registry = BusyRegistry();
  const auto collectable = std::make_shared<GathererCollectable>(registry);
  exposer_->RegisterCollectable(collectable);
  const PageContents served = Read(Scrape());
  const PageContents ours = Read(testing::Page(*registry));
  EXPECT_EQ(served.types, ours.types);
  EXPECT_EQ(served.values, ours.values);
  EXPECT_EQ(ours.values.size(), 34U);
}

TEST_F(ExposerTest, FollowsItsWeakPointer) {
  auto registry = std::make_shared<Registry>();
  const Gauge gauge = registry->AddGauge({.name = "x"}).value();
  auto collectable = std::make_shared<GathererCollectable>(std::move(registry));
  exposer_->RegisterCollectable(collectable);
  gauge.Set(1);
  EXPECT_THAT(Scrape(), HasSubstr("\nx 1\n"));
  gauge.Set(2);
  EXPECT_THAT(Scrape(), HasSubstr("\nx 2\n"));
  collectable.reset();
  EXPECT_THAT(Scrape(), Not(HasSubstr("\nx ")));
}

}  // namespace
}  // namespace vitals::bridge
