/* The list of screens. */
#include "config.h"

#include "console/tabs.h"

#include "screens/changes.h"
#include "screens/confirm.h"
#include "screens/connections.h"
#include "screens/containers.h"
#include "screens/dashboard.h"
#include "screens/doctor.h"
#include "screens/forwards.h"
#include "screens/history.h"
#include "screens/links.h"
#include "screens/logbook.h"
#include "screens/policies.h"
#include "screens/review.h"
#include "screens/setup.h"
#include "screens/statements.h"
#include "screens/tried.h"

const struct view_ops *const console_tabs[TAB_COUNT + 1] = {
	[TAB_DASHBOARD] = &screen_dashboard,
	[TAB_LINKS] = &screen_links,
	[TAB_CONTAINERS] = &screen_containers,
	[TAB_FORWARDS] = &screen_forwards,
	[TAB_POLICIES] = &screen_policies,
	[TAB_CONNECTIONS] = &screen_connections,
	[TAB_CHANGES] = &screen_changes,
	[TAB_DOCTOR] = &screen_doctor,
};

const struct view_ops *const console_overlays[] = {
	&screen_history,
	&screen_logbook,
	&screen_statements,
	&screen_setup,
	&screen_review,
	&screen_confirm,
	&screen_tried,
	NULL,
};
