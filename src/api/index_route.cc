#include <string>
#include <utility>

#include "fmt/format.h"
#include "vitals/api/routes.h"

VITALS_NAMESPACE_BEGIN
namespace api {
namespace {

// Paths and titles are the program's own words, but a page that escapes is right whatever they are.
std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string IndexPage(const net::HttpRouter& router) {
  std::string items;
  for (const net::HttpRoute& route : router.routes()) {
    if (route.title.empty()) continue;
    items += fmt::format("<li><a href=\"{0}\">{0}</a> {1}</li>\n", EscapeHtml(route.path),
                         EscapeHtml(route.title));
  }
  return fmt::format(
      "<!DOCTYPE html>\n"
      "<html lang=\"en\">\n"
      "<head><meta charset=\"utf-8\"><title>vitals</title></head>\n"
      "<body>\n<h1>vitals</h1>\n<ul>\n{}</ul>\n</body>\n</html>\n",
      items);
}

}  // namespace

absl::Status AddIndexRoute(net::HttpRouter& router) {
  net::HttpRoute route;
  route.path = "/";
  route.handler = [page = IndexPage(router)](const net::HttpRequest&) {
    net::HttpResponse response;
    response.content_type = "text/html; charset=utf-8";
    response.body = page;
    return response;
  };
  return router.Add(std::move(route));
}

}  // namespace api
VITALS_NAMESPACE_END
