# Puts a text file into a target as constant bytes, so that the program needs no file at run time:
#
#   sw_embed(sw_config language/uk-places.txt schoolwatch::config UkPlacesText)
#
# defines `std::string_view schoolwatch::config::UkPlacesText()`. Declare it where it is used.
function(sw_embed target file namespace function)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(READ ${source} SW_EMBED_TEXT)
  set(SW_EMBED_FILE ${file})
  set(SW_EMBED_NAMESPACE ${namespace})
  set(SW_EMBED_FUNCTION ${function})
  configure_file(${PROJECT_SOURCE_DIR}/cmake/embed.cc.in
                 ${CMAKE_CURRENT_BINARY_DIR}/embedded/${function}.cc @ONLY)
  target_sources(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded/${function}.cc)
endfunction()
