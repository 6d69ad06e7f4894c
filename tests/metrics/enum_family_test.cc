#include "vitals/metrics/enum_family.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/testing/page.h"
#include "vitals/metrics/registry.h"

namespace vitals_enum_test {

enum class Method { kGet, kPut };
enum Outcome { kOk, kFailed, kTimeout };

}  // namespace vitals_enum_test

template <>
struct vitals::EnumLabel<vitals_enum_test::Method> {
  static constexpr std::string_view kValues[] = {"GET", "PUT"};
};
template <>
struct vitals::EnumLabel<vitals_enum_test::Outcome> {
  static constexpr std::string_view kValues[] = {"ok", "failed", "timeout"};
};

namespace vitals {
namespace {

using testing::Page;
using testing::Value;
using vitals_enum_test::Method;
using vitals_enum_test::Outcome;

TEST(EnumFamilyTest, FindsTheSeriesOfItsValues) {
  Registry registry;
  const auto family = registry.AddCounter({.name = "calls_total"}, {"method", "outcome"}).value();
  const EnumFamily<Counter, Method, Outcome> calls(family);
  EXPECT_EQ(Page(registry),
            "# TYPE calls_total counter\n"
            "calls_total{method=\"GET\",outcome=\"ok\"} 0\n"
            "calls_total{method=\"GET\",outcome=\"failed\"} 0\n"
            "calls_total{method=\"GET\",outcome=\"timeout\"} 0\n"
            "calls_total{method=\"PUT\",outcome=\"ok\"} 0\n"
            "calls_total{method=\"PUT\",outcome=\"failed\"} 0\n"
            "calls_total{method=\"PUT\",outcome=\"timeout\"} 0\n");
  calls.With(Method::kPut, Outcome::kFailed).Increment(3);
  EXPECT_EQ(Value(registry, "calls_total{method=\"PUT\",outcome=\"failed\"}"), "3");
  family.With("PUT", "failed").Increment();
  EXPECT_EQ(Value(registry, "calls_total{method=\"PUT\",outcome=\"failed\"}"), "4");
}

TEST(EnumFamilyTest, ValueOfNoEnumeratorIsDropped) {
  Registry registry;
  const EnumFamily<Counter, Method> calls(
      registry.AddCounter({.name = "calls_total"}, {"method"}).value());
  const std::uint64_t before = metrics::DroppedRecords(metrics::DropReason::kRemovedSeries);
  calls.With(static_cast<Method>(2)).Increment();
  calls.With(static_cast<Method>(-1)).Increment();
  EXPECT_EQ(metrics::DroppedRecords(metrics::DropReason::kRemovedSeries), before + 2);
}

TEST(CurriedFamilyTest, TakesTheRestOfTheValues) {
  Registry registry;
  const auto family = registry.AddCounter({.name = "x_total"}, {"a", "b", "c"}).value();
  const auto one = family.Curry(std::string("1"));
  const auto two = family.Curry("1", "2");
  one.With("2", "3").Increment();
  two.With("3").Increment();
  two.With("4").Increment(5);
  EXPECT_EQ(Value(registry, "x_total{a=\"1\",b=\"2\",c=\"3\"}"), "2");
  EXPECT_EQ(Value(registry, "x_total{a=\"1\",b=\"2\",c=\"4\"}"), "5");
}

}  // namespace
}  // namespace vitals
