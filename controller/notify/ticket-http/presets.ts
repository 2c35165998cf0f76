import type { TicketSettings } from "./settings.ts";

const json = (value: object): string => JSON.stringify(value, null, 2);
const description = "{{text}}\n\n{{facts}}\n\n{{url}}";
const urgency = "{{severity | map: critical=1, major=2, warning=3, info=3}}";

/** To start from: ids, names and the state that means "resolved" are each installation's own. */
export const presets: { title: string; settings: Partial<TicketSettings> }[] = [
  {
    title: "ServiceNow",
    settings: {
      url: "https://instance.service-now.com/api/now/table/incident",
      body: json({
        short_description: "{{title}}",
        description,
        impact: urgency,
        urgency,
        correlation_id: "{{incident}}",
        correlation_display: "Lamplighter",
      }),
      referenceAt: "/result/number",
      ticketAt: "/result/sys_id",
      link: "https://instance.service-now.com/incident.do?sys_id={{ticket}}",
      closeUrl: "https://instance.service-now.com/api/now/table/incident/{{ticket}}",
      closeMethod: "PATCH",
      closeBody: json({ state: "6", close_code: "Solution provided", close_notes: "{{text}}" }),
    },
  },
  {
    title: "Jira",
    settings: {
      url: "https://council.atlassian.net/rest/api/2/issue",
      body: json({
        fields: {
          project: { key: "NET" },
          issuetype: { name: "Task" },
          summary: "{{title}}",
          description,
          labels: ["lamplighter"],
        },
      }),
      referenceAt: "/key",
      link: "https://council.atlassian.net/browse/{{reference}}",
      closeUrl: "https://council.atlassian.net/rest/api/2/issue/{{ticket}}/transitions",
      closeBody: json({
        update: { comment: [{ add: { body: "{{text}}" } }] },
        transition: { id: "31" },
      }),
    },
  },
  {
    title: "Freshservice",
    settings: {
      url: "https://council.freshservice.com/api/v2/tickets",
      // The priority is a number, so without quotes.
      body: `{
  "subject": "{{title}}",
  "description": ${JSON.stringify(description)},
  "email": "lamplighter@council.example",
  "priority": {{severity | map: critical=4, major=3, warning=2, info=1}},
  "status": 2,
  "source": 2
}`,
      referenceAt: "/ticket/id",
      link: "https://council.freshservice.com/a/tickets/{{ticket}}",
      closeUrl: "https://council.freshservice.com/api/v2/tickets/{{ticket}}",
      closeMethod: "PUT",
      closeBody: json({ status: 4 }),
    },
  },
  {
    title: "Halo",
    settings: {
      url: "https://council.haloitsm.com/api/Tickets",
      body: `[${json({ summary: "{{title}}", details: description, tickettype_id: 1 })}]`,
      referenceAt: "/id",
      link: "https://council.haloitsm.com/tickets?id={{ticket}}",
      closeUrl: "https://council.haloitsm.com/api/Tickets",
      closeBody: '[{"id": {{ticket}}, "status_id": 9, "note": "{{text}}"}]',
      tokenUrl: "https://council.haloitsm.com/auth/token",
    },
  },
];
