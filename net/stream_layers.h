#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <memory>
#include <utility>

#include "net/stream_link.h"

// What stream protocols run over. Private to the stream client, and heavy: for the two links only.

namespace schoolwatch::net {

using PlainLayer = boost::beast::tcp_stream;
using TlsLayer = boost::asio::ssl::stream<boost::beast::tcp_stream>;

// A link of that protocol over the layer that the address asks for.
template <template <class Layer> class Link>
std::shared_ptr<StreamLink> MakeLink(LinkStart start) {
  if (start.request->url.is_https()) {
    boost::asio::ssl::context& tls = *start.tls;
    return std::make_shared<Link<TlsLayer>>(std::move(start), tls);
  }
  return std::make_shared<Link<PlainLayer>>(std::move(start));
}

}  // namespace schoolwatch::net
