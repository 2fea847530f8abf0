#include "config/schema.h"

#include <cmath>

namespace schoolwatch::config {

Value<std::string> Text(TextOptions options) {
  spec::Value value;
  value.kind = spec::Kind::kText;
  value.min_size = options.min_bytes;
  value.max_size = options.max_bytes;
  value.many_lines = options.many_lines;
  value.set = [](void* out, spec::Scalar scalar) {
    *static_cast<std::string*>(out) = std::get<std::string>(std::move(scalar));
  };
  value.get = [](const void* in) { return spec::Scalar(*static_cast<const std::string*>(in)); };
  return Value<std::string>(std::move(value));
}

Value<bool> Flag() {
  spec::Value value;
  value.kind = spec::Kind::kFlag;
  value.set = [](void* out, spec::Scalar scalar) {
    *static_cast<bool*>(out) = std::get<bool>(scalar);
  };
  value.get = [](const void* in) { return spec::Scalar(*static_cast<const bool*>(in)); };
  return Value<bool>(std::move(value));
}

Value<double> Number(double least, double most) {
  spec::Value value;
  value.kind = spec::Kind::kNumber;
  value.least = least;
  value.most = most;
  value.set = [](void* out, spec::Scalar scalar) {
    *static_cast<double*>(out) = std::get<double>(scalar);
  };
  value.get = [](const void* in) { return spec::Scalar(*static_cast<const double*>(in)); };
  return Value<double>(std::move(value));
}

Value<std::uint64_t> Money(double most) {
  constexpr double kMillion = 1e6;
  spec::Value value = Number(0, most).spec();
  value.set = [](void* out, spec::Scalar scalar) {
    *static_cast<std::uint64_t*>(out) =
        static_cast<std::uint64_t>(std::llround(std::get<double>(scalar) * kMillion));
  };
  value.get = [](const void* in) {
    return spec::Scalar(static_cast<double>(*static_cast<const std::uint64_t*>(in)) / kMillion);
  };
  return Value<std::uint64_t>(std::move(value));
}

Value<std::filesystem::path> Path() {
  constexpr std::size_t kMaxPath = 4096;
  spec::Value value;
  value.kind = spec::Kind::kPath;
  value.min_size = 1;
  value.max_size = kMaxPath;
  value.set = [](void* out, spec::Scalar scalar) {
    *static_cast<std::filesystem::path*>(out) = std::get<std::string>(std::move(scalar));
  };
  value.get = [](const void* in) {
    return spec::Scalar(static_cast<const std::filesystem::path*>(in)->string());
  };
  return Value<std::filesystem::path>(std::move(value));
}

Value<std::string> OneOf(std::vector<std::string> names) {
  spec::Value value = Text().spec();
  value.kind = spec::Kind::kChoice;
  value.names = std::move(names);
  return Value<std::string>(std::move(value));
}

Value<std::string> Secret() {
  spec::Value value = Text().spec();
  value.kind = spec::Kind::kSecret;
  value.get = [](const void*) { return spec::Scalar(); };  // Never shown, not even a default.
  return Value<std::string>(std::move(value));
}

Value<Section> AnySection() {
  spec::Value value;
  value.kind = spec::Kind::kSection;
  value.set_section = [](void* out, const Section& section) {
    *static_cast<Section*>(out) = section;
  };
  return Value<Section>(std::move(value));
}

}  // namespace schoolwatch::config
