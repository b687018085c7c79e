"""A .qwc file as the dental practice of the examples gets it."""

from config_builder.qwc import QwcFile

PRIMARY = QwcFile(
    app_name="Sunrise Dental payments",
    app_id="",
    app_url="https://pay.example.com/qbwc",
    app_description="Posts the web payments of Sunrise Dental into QuickBooks.",
    app_support="https://pay.example.com/support",
    user_name="qb-front-desk",
    owner_id="{6F1C2A34-0B5D-4E7F-8A9B-0C1D2E3F4A5B}",
    file_id="{90e8b3ac-11d2-4c3b-9e1f-aa00bb11cc22}",
    run_every_minutes=15,
)
