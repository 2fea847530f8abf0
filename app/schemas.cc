#include "app/schemas.h"
