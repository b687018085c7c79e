"""What QuickBooks has told us of its lists: payment methods and accounts."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class PaymentMethod(Base):
    """An entry of the Payment Method List, inactive ones included."""

    __tablename__ = "payment_method"

    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), primary_key=True)
    list_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(31))
    is_active: Mapped[bool]
    type: Mapped[str | None] = mapped_column(String(31))


class Account(Base):
    """An account that payments may be deposited to."""

    __tablename__ = "account"

    company_file_id: Mapped[int] = mapped_column(ForeignKey("company_file.id"), primary_key=True)
    list_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    full_name: Mapped[str] = mapped_column(String(159))
    is_active: Mapped[bool]
    type: Mapped[str | None] = mapped_column(String(31))
    special_type: Mapped[str | None] = mapped_column(String(31))
